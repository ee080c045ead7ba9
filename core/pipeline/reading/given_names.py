"""Given names that many people have, from many languages: a lone "priya" is then known for a name.

Data only, written small. Names that are as common as words or as places are left out: a month is no
name, and neither is a city.
"""

from __future__ import annotations

GIVEN_NAMES = frozenset(
    """
    aaron abby abdul abdullah abel abhishek abigail abraham ada adam adele aditi aditya adnan
    adrian adriana agatha agnes agnieszka ahmad ahmed aidan aileen aisha ajay ajit akash akira
    alain alan alba albert alberto aldo alec alejandra alejandro alessandro alex alexander
    alexandra alexandre alexia alexis alfred alfredo ali alice alicia alina alison allan allen
    allison alma alvaro alvin alyssa amal amanda amar amber amelia amina amir amit amrita amy
    ana anand anastasia anders andre andrea andreas andres andrew andrzej andy angel angela
    angelica angelina angelo angie anika anil anita anjali ankit ankita ann anna annabel anne
    annette annie anthony anton antonia antonio anuj anushka aria ariana ariel arjun arlene
    armando arnav arnold arthur arturo arun aruna asha ashish ashley ashok ashwin astrid audrey
    ava avery ayesha ayman aziz barbara barry bart beatrice beatriz becky bella ben benedict
    benjamin bernard bernd bernice bert bertha beth bethany betty beverly bhavna bianca bilal
    birgit bjorn blake bob bobby boris brad bradley brandon brenda brendan brent brett brian
    bridget britta bruce bruno bryan caitlin caleb calvin cameron camila camilla carl carla
    carlo carlos carmen carol caroline carolyn carrie casey cassandra catalina caterina
    catherine cathy cecilia celia celine cesar chandra charles charlie chelsea cheryl chiara
    chloe chris christian christina christine christophe christopher chuck cindy claire clara
    clarence claude claudia claus clayton clement clifford clyde cody colin colleen connie
    conrad constance cora corey cornelia craig cristian cristina crystal curtis cynthia daisy
    dale damian damien dan dana daniel daniela daniele danielle danny daria dario darius darlene
    darren daryl dave david deborah debra deepa deepak deepika denis denise dennis derek desmond
    devin devon dexter dhruv diana diane diego dieter dilip dimitri dinesh dipak dirk divya
    dmitri dolores dominic dominik dominique donald donna dora doreen doris dorothy doug douglas
    duane duncan dustin dwayne dwight dylan eddie edgar edith edmund eduardo edward edwin eileen
    elaine eleanor elena eli elias elijah elisa elisabeth elise eliza elizabeth ella ellen
    elliot elliott elsa emil emilia emilie emilio emily emma emmanuel enrico enrique eric erica
    erik erika erin ernest ernesto esteban estelle esther ethan eugene eunice eva evan evelyn
    fabian fabio fahad faisal farah farhan farid fatima federico felicia felipe felix ferdinand
    fernanda fernando filip fiona florian frances francesca francesco francis francisco francois
    frank frankie franklin franz fred freda frederic frederick frida friedrich gabriel gabriela
    gabriele gail ganesh gareth garrett gary gautam gavin geeta gemma genevieve geoff geoffrey
    george georgina gerald geraldine gerard gerhard gianni gilbert gina giorgio giovanna
    giovanni gita giulia giuseppe gladys glenn gloria gopal gordon govind greg gregor gregory
    greta guido guillaume guillermo gunther gustav gustavo guy gwen hamza hank hannah hans hari
    harish harold harpreet harriet harry harsh harsha harvey hasan hassan hazel heather hector
    heidi heinrich heinz helen helena helene helga henri henrietta henrik henry herbert herman
    hilda hiroshi holly horst howard hubert hugh hugo hussain hussein ian ibrahim ida ignacio
    igor imran ina indira ines ingrid irene irina iris irma isaac isabel isabella isabelle
    isaiah ismail ivan jack jackie jackson jacob jacqueline jacques jade jaime jake jamal james
    jamie jan jana jane janet janice janine jared jasmine jason javier jay jaya jayne jean
    jeanette jeanne jeff jeffrey jen jenna jennifer jenny jens jeremiah jeremy jerome jerry
    jesse jessica jessie jesus jill jim jimmy jing jo joan joanna joanne joaquin joe joel joerg
    johan johanna johannes john johnny jon jonas jonathan jorge jose josef joseph josephine josh
    joshua josie joyce juan juanita judith judy juergen julia julian juliana julie juliet julio
    julius jurgen justin justine kai karan karen karim karin karina karl karla karolina kartik
    kate katharina katherine kathleen kathryn kathy katie katja katrina kavita kavya kay kayla
    keith kelly kelvin ken kenji kenneth kevin khadija khalid kieran kim kimberly kiran kirsten
    kishore klaus kris krishna kristen kristin kristina kumar kurt kyle lakshmi lance lara larry
    lars latha laura lauren laurence laurent lawrence layla lea leah lee leela leila lena leo
    leon leonard leonardo leonie leroy leslie lewis liam lila lillian lilly lily linda lindsay
    lindsey lionel lisa liz lloyd lois lola lopez lora lorena lorenzo loretta lori lorraine
    louis louisa louise luca lucas lucia luciana lucille lucy ludwig luigi luis luisa lukas luke
    luna lydia lynn mabel maddie madeleine madhu mae maggie mahesh mahmoud malcolm malik mallory
    manfred mani manish manoj manuel manuela marc marcel marcela marcia marco marcos marcus
    margaret margarita margot maria mariam marian marianne marie marilyn marina mario marion
    marisa marissa mark marlene marsha marta martha martin martina marvin mary maryam mateo
    mathew mathieu matilda matt matteo matthew matthias maureen maurice mauricio max maxim
    maxime maximilian maya meena megan meghan mehmet mei mel melanie melinda melissa melody
    melvin meredith mia michael michaela michel michele michelle mick miguel mika mike mikhail
    mila mildred milena miles milton mina mindy miranda miriam mitchell mohamed mohammad
    mohammed mohan mohit moira molly mona monica monika monique morgan moses muhammad mukesh
    murali muriel mustafa myra nadia nadine nagesh nancy nandini naomi narendra natalia natalie
    natasha nathalie nathan nathaniel naveen neal neeraj neha neil nelson nicholas nick nicola
    nicolas nicole niels nigel nikhil nikita nikola nikolai nils nina nisha nitin noah noel
    noelle noemi nora norbert norma norman nuria octavia olaf olga oliver olivia omar oscar
    osman otto owen pablo padma pamela paola paolo pascal pat patrice patricia patrick patsy
    patty paul paula pauline pavan pavel pedro peggy penelope penny percy perry peter petra phil
    philip philippa philippe phillip phoebe phyllis pierre pietro pooja prabhu pradeep prakash
    pramod pranav prasad prashant pratik praveen preeti prem preston priya priyanka quentin
    quinn rachel rafael raghu rahul raj raja rajan rajesh rajiv rakesh ralf ralph ram rama
    ramesh ramon ramona randall randy rani ranjit raphael raquel rashid raul ravi ravinder ray
    raymond rebecca reena regina reginald reinhard rekha rene renee reuben rex rhonda ricardo
    riccardo richard rick ricky rico rita ritu riya rob robbie robert roberta roberto robin
    rochelle rodney rodrigo roger rohan rohit roland rolf roman ron ronald ronnie rosa rosalind
    rosario rosemary rosie ross roxanne roy ruben rudolf rudy rupert russell ruth ryan sabine
    sabrina sachin sadie safia sagar saira sally salman salvador sam samantha samer samir samuel
    sandeep sandra sandy sanjana sanjay sanjeev santosh sara sarah sarita sasha satish saul
    saurabh scott sean sebastian seema selena selma serena serge sergei sergio seth shane
    shankar shannon sharon shashi shaun shawn sheila shelley shelly sherri sherry sheryl shirley
    shivani shreya shruti shweta sid siddharth sidney sigrid silvia simon simona simone sneha
    sofia sofie sonia sonja sonya sophia sophie spencer sridhar srinivas stacey stacy stan
    stanley stefan stefanie stella stephan stephanie stephen steve steven stuart subhash sudha
    sudhir sue suman sumit sunil sunita suresh surya susan susanna susanne susie suzanne sven
    swati sylvia sylvie tamara tammy tania tanja tanya tara tariq tatiana ted terence teresa
    terrance terri terry tessa thea thelma theo theodore theresa therese thierry thomas tiffany
    tim timothy tina tobias toby todd tom tomas tommy toni tony tracey tracy travis trevor
    tricia trisha tristan troy tyler uday uma umesh ursula usha uwe valentina valerie vanessa
    varun vasanth veena vera vernon veronica vicki vicky victor victoria vidya vijay vikas
    vikram vikrant vinay vince vincent vinod viola violet vipin vishal vishnu vivek vivian
    vladimir wade wallace walter wanda warren wayne wendy werner wesley wilfred wilhelm willem
    william willie wilma winston wolfgang xavier ximena yan yang yasmin yolanda yuki yusuf yves
    yvette yvonne zachary zainab zara zoe zoya
    """.split()
)
"""In small letters."""
